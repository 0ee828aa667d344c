import { Option } from 'commander'

/** `-c FILE`: the configuration that a command works on. */
export function configurationOption(): Option {
  return new Option('-c, --config <file>', 'the configuration').default('sidecert.yaml')
}

/** `--output text|json`. */
export function outputOption(): Option {
  return new Option('--output <form>', 'for people or for programs')
    .choices(['text', 'json'])
    .default('text')
}
