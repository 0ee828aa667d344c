import { Command } from 'commander'
import { configurationJsonSchema } from '../config/index.js'

/** `sidecert schema`: the JSON Schema of sidecert.yaml, for editors. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of sidecert.yaml')
    .addHelpText('after', '\nExample:\n  sidecert schema > sidecert.schema.json')
    .action(() => {
      process.stdout.write(`${JSON.stringify(configurationJsonSchema(), null, 2)}\n`)
    })
}
