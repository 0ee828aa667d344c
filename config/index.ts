/** sidecert.yaml: the one file that everything else is made of. */
export {
  type Address,
  formatAddress,
  isNumeric,
  parseAddress,
  type TcpAddress,
  type UnixAddress,
} from './address.js'
export {
  type AuthorizationServer,
  type Caller,
  type Client,
  type ClusterSource,
  type Configuration,
  type CuritySettings,
  type EnvoyTls,
  type Forwarding,
  forwardings,
  type Gateway,
  type Grant,
  type Mesh,
  type PlainEnvoy,
  type Service,
  type Target,
  targets,
} from './configuration.js'
export { impliedPolicies } from './implied-policies.js'
export { curityFullName } from './kubernetes-names.js'
export {
  type InputFile,
  isTestFile,
  type LoadedConfiguration,
  loadConfiguration,
  type SourceFile,
} from './load-configuration.js'
export { type ConfigurationReading, readConfiguration } from './read-configuration.js'
export { configurationJsonSchema } from './schema.js'
