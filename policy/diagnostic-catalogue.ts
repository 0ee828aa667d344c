/** How much a finding weighs: an error refuses the input, a warning does not. */
export type Severity = 'error' | 'warning'

interface CatalogueEntry {
  readonly severity: Severity
  /** What the code stands for, in a few words. */
  readonly title: string
}

/**
 * Every diagnostic code there is. A code is never reused for something else and never renumbered.
 *
 * SC00xx files and YAML, SC01xx sidecert.yaml, SC02xx AuthorizationPolicy, SC03xx generated
 * resources, SC04xx certificates and trust bundles, SC05xx policy tests, SC08xx the running service.
 */
export const diagnosticCatalogue = {
  SC0001: { severity: 'error', title: 'file cannot be read' },
  SC0002: { severity: 'error', title: 'not well-formed YAML' },
  SC0003: { severity: 'error', title: 'file is empty' },
  SC0004: { severity: 'error', title: 'pattern matches no file' },
  SC0101: { severity: 'error', title: 'unknown key in sidecert.yaml' },
  SC0102: { severity: 'error', title: 'value in sidecert.yaml has the wrong form' },
  SC0103: { severity: 'error', title: 'missing key in sidecert.yaml' },
  SC0104: { severity: 'error', title: 'values in sidecert.yaml contradict each other' },
  SC0105: { severity: 'warning', title: 'values in sidecert.yaml are unsafe or useless together' },
  SC0201: { severity: 'error', title: 'not an AuthorizationPolicy' },
  SC0202: { severity: 'error', title: 'unknown field in an AuthorizationPolicy' },
  SC0203: { severity: 'error', title: 'field of an AuthorizationPolicy has the wrong form' },
  SC0204: { severity: 'error', title: 'Istio rejects this AuthorizationPolicy' },
  SC0205: { severity: 'error', title: 'the service cannot see what this field asks for' },
  SC0206: { severity: 'error', title: 'two policies have the same namespace and name' },
  SC0207: { severity: 'warning', title: 'policy selects no workload that sidecert.yaml names' },
  SC0208: { severity: 'warning', title: 'value of an AuthorizationPolicy that can never match' },
  SC0301: { severity: 'error', title: 'address that the generated configuration cannot use' },
  SC0302: { severity: 'error', title: 'two generated resources with one name' },
  SC0303: { severity: 'error', title: 'mesh that has no certificate to forward' },
  SC0304: { severity: 'error', title: 'version that cannot run the filters' },
  SC0305: { severity: 'error', title: 'setting that the way of forwarding cannot have' },
  SC0306: { severity: 'error', title: 'authority that the server cannot hold' },
  SC0307: { severity: 'warning', title: 'token procedures without a client that they are for' },
  SC0310: { severity: 'error', title: 'the service cannot be deployed like this' },
  SC0401: { severity: 'error', title: 'not a trust bundle' },
  SC0402: { severity: 'error', title: 'certificate in a trust bundle cannot be read' },
  SC0403: { severity: 'error', title: 'certificate in a trust bundle is not of an authority' },
  SC0404: { severity: 'error', title: 'trust bundle without a root' },
  SC0405: { severity: 'error', title: 'private key in a trust bundle' },
  SC0406: { severity: 'warning', title: 'authority in a trust bundle is not valid now' },
  SC0407: { severity: 'warning', title: 'no root of a trust bundle is valid now' },
  SC0408: { severity: 'warning', title: 'authority in a trust bundle cannot be used' },
  SC0409: { severity: 'warning', title: 'authority in a trust bundle names another trust domain' },
  SC0410: { severity: 'warning', title: 'entry of a SPIFFE bundle is passed over' },
  SC0501: { severity: 'error', title: 'unknown key in a policy test' },
  SC0502: { severity: 'error', title: 'value in a policy test has the wrong form' },
  SC0503: { severity: 'error', title: 'missing key in a policy test' },
  SC0504: { severity: 'error', title: 'two cases of a policy test have the same name' },
  SC0505: { severity: 'error', title: 'no decision can be what a case expects' },
  SC0506: { severity: 'warning', title: 'path of a case that Envoy would change' },
  SC0507: { severity: 'error', title: 'no policy test to run' },
  SC0801: { severity: 'error', title: 'version of policies and settings cannot be made' },
  SC0802: { severity: 'error', title: 'policies of the cluster cannot be read' },
} as const satisfies Record<string, CatalogueEntry>

/** A code of the catalogue, such as `SC0201`. */
export type DiagnosticCode = keyof typeof diagnosticCatalogue
