import { Command } from 'commander'
import { configurationJsonSchema } from '../config/index.js'

const help = `
Example:
  sidecert schema > sidecert.schema.json

Editors with YAML support complete and check a sidecert.yaml that begins with the line
  # yaml-language-server: $schema=sidecert.schema.json`

/** `sidecert schema`: the JSON Schema of sidecert.yaml, for editors. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of sidecert.yaml')
    .addHelpText('after', help)
    .action(() => {
      process.stdout.write(`${JSON.stringify(configurationJsonSchema(), null, 2)}\n`)
    })
}
