import type { CatalogueEntry } from './catalogue-entry.js'

const envoyFilter = 'https://istio.io/latest/docs/reference/config/networking/envoy-filter/'
const meshConfig = 'https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/'
const peerAuthentication =
  'https://istio.io/latest/docs/reference/config/security/peer_authentication/'
const protocols =
  'https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/'

/** Findings about Kubernetes and Istio resources. */
export const istioCodes = {
  SL2001: {
    severity: 'error',
    title: 'patch that asks for the connection manager by its old name',
    why: 'Istio compares names as they are, so that the patch lands nowhere, without a word.',
    mend: 'Write envoy.filters.network.http_connection_manager.',
    reference: envoyFilter,
  },
  SL2002: {
    severity: 'error',
    title: 'patch that asks for a filter that the chain does not have',
    why: 'A filter that is to be inserted beside one that is not there is not inserted at all, without a word.',
    mend: 'Write the name that the filter has today.',
    reference: envoyFilter,
  },
  SL2003: {
    severity: 'error',
    title: 'filter added behind the router',
    why: 'Envoy refuses a listener whose last filter is not the router, and keeps the old one.',
    mend: 'Use INSERT_BEFORE with the subFilter envoy.filters.http.router, or INSERT_FIRST.',
    reference: envoyFilter,
  },
  SL2004: {
    severity: 'error',
    title: 'filterClass, which Istio does not implement',
    why: 'The control plane passes over it, ADD puts the filter behind the router, and Envoy refuses the listener.',
    mend: 'Remove it and use INSERT_BEFORE or INSERT_FIRST.',
    reference: envoyFilter,
  },
  SL2005: {
    severity: 'warning',
    title: 'patch for the port that the sidecar itself listens on',
    why: "The port of an inbound patch is compared with that of the filter chain, which is the container's: the patch lands nowhere.",
    mend: "Write the container's port, or leave portNumber out.",
    reference: envoyFilter,
  },
  SL2006: {
    severity: 'error',
    title: 'merge that cannot change anything',
    why: 'SANITIZE is the zero of its enum, and merging passes over zeros: what the control plane sets stays, and with it what the caller wrote.',
    mend: 'Merge SANITIZE_SET, or set proxyHeaders.forwardedClientCert in the ProxyConfig.',
    reference: 'https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig',
  },
  SL2007: {
    severity: 'warning',
    title: 'selector without labels',
    why: 'It selects every workload of the namespace, and in the root namespace every workload there is.',
    mend: 'Add the labels, or remove the selector to say that everything is meant.',
    reference: envoyFilter,
  },
  SL2010: {
    severity: 'error',
    title: "patch for the port of a Service instead of the container's",
    why: "Inbound, Istio compares the container's port: the patch lands nowhere, without a word.",
    mend: "Write the container's port.",
    reference: envoyFilter,
  },
  SL2011: {
    severity: 'error',
    title: 'port that Istio does not take for HTTP, with HTTP filters for it',
    why: 'By this name the sidecar gets a TCP chain, which has no HTTP filters: the EnvoyFilter never applies, and with it what it was to forbid or to remove.',
    mend: 'Name the port http-…, http2-… or grpc-…, or set appProtocol: http.',
    reference: protocols,
  },
  SL2012: {
    severity: 'warning',
    title: 'EnvoyFilter in another namespace than its workload',
    why: 'An EnvoyFilter is for workloads of its own namespace, and from the root namespace for all.',
    mend: 'Move it to the namespace of the workload.',
    reference: envoyFilter,
  },
  SL2013: {
    severity: 'error',
    title: 'EnvoyFilter for a workload without a sidecar',
    why: 'Injection is off for its pods, so that there is no Envoy to filter anything.',
    mend: 'Set the label sidecar.istio.io/inject to "true", or remove the EnvoyFilter.',
  },
  SL2020: {
    severity: 'warning',
    title: "call of an ext_authz service by the cluster's name",
    why: 'Without an authority Envoy sends the name of the cluster. Servers that check it reset the call because of the "|", and every request is denied.',
    mend: 'Set envoy_grpc.authority to the DNS name of the service.',
  },
  SL2021: {
    severity: 'error',
    title: 'gRPC service behind a port that is not named for gRPC',
    why: 'Istio then speaks HTTP/1.1 to it, each call fails, and every request is denied.',
    mend: 'Name the port grpc or http2, or set appProtocol: grpc.',
    reference: protocols,
  },
  SL2022: {
    severity: 'error',
    title: 'cluster of a port that the Service does not have',
    why: 'There is no such cluster: each call fails, and every request is denied.',
    mend: 'Write a port of the Service.',
  },
  SL2023: {
    severity: 'warning',
    title: 'authorization that fails open',
    why: 'Whoever can make the service slow or stop it is no longer asked for anything.',
    mend: 'Remove failOpen.',
    reference: meshConfig,
  },
  SL2024: {
    severity: 'note',
    title: 'authorization without a timeout',
    why: 'Istio waits for ten minutes, in which requests pile up.',
    mend: 'Set timeout, for example to 0.5s.',
    reference: meshConfig,
  },
  SL2030: {
    severity: 'warning',
    title: 'plaintext accepted where a certificate is counted on',
    why: 'A caller without mutual TLS shows no certificate, and nobody but the filter stands between what it writes into the header and the server.',
    mend: 'Set mode: STRICT, with exceptions for the ports of probes.',
    reference: peerAuthentication,
  },
  SL2031: {
    severity: 'note',
    title: 'certificate header, and no file requires mutual TLS',
    why: 'Istio accepts plaintext unless told otherwise, and on plaintext this script leaves what the caller wrote.',
    mend: 'Add a PeerAuthentication of mode STRICT, and lint it along.',
    reference: peerAuthentication,
  },
  SL2032: {
    severity: 'error',
    title: 'modes of single ports without a selector',
    why: 'Istio takes them for selected workloads only; for a namespace or the mesh they are refused.',
    mend: 'Add selector.matchLabels.',
    reference: peerAuthentication,
  },
  SL2033: {
    severity: 'error',
    title: "mode for the port of a Service instead of the container's",
    why: "Istio compares the container's port: the mode has no effect.",
    mend: "Write the container's port.",
    reference: peerAuthentication,
  },
  SL2034: {
    severity: 'error',
    title: 'callers without mutual TLS of a server that requires it',
    why: 'A DestinationRule stands above what Istio finds out by itself: every call fails.',
    mend: 'Remove tls, or set mode: ISTIO_MUTUAL.',
  },
  SL2040: {
    severity: 'error',
    title: 'certificate header beside what the caller sent',
    why: "add keeps the lines that are there, the caller's first, and most servers take the first.",
    mend: 'Name the header under headers.request.remove too.',
  },
  SL2041: {
    severity: 'error',
    title: 'certificate header that an empty value leaves as it was',
    why: 'Envoy sets no empty value: without a certificate, what the caller sent stays.',
    mend: 'Name the header under headers.request.remove too.',
  },
  SL2050: {
    severity: 'error',
    title: 'configuration that is not well-formed XML',
    why: 'The server does not start with it.',
    mend: 'Close each element, the innermost first.',
  },
  SL2051: {
    severity: 'warning',
    title: 'client by certificate without a trusted authority',
    why: 'Without trusted-ca every authority that the server knows may issue a certificate for this client.',
    mend: 'Add trusted-ca with the id of the authority of the mesh.',
    reference: 'https://www.rfc-editor.org/rfc/rfc8705#section-7.4',
  },
  SL2052: {
    severity: 'error',
    title: 'client of another trust domain than that of the mesh',
    why: 'No workload of the mesh has this identity, so that the client can never authenticate.',
    mend: 'Write the trust domain of meshConfig.trustDomain.',
  },
  SL2053: {
    severity: 'warning',
    title: 'two clients with one identity',
    why: 'Each can pass for the other: a certificate says who calls, and here it says two names.',
    mend: 'Give each client a service account of its own.',
  },
  SL2054: {
    severity: 'warning',
    title: 'client with the identity of the default service account',
    why: 'Whatever runs in the namespace without a service account of its own can pass for the client.',
    mend: 'Give the client a service account of its own.',
  },
  SL2055: {
    severity: 'warning',
    title: 'two workloads with the service account of a client',
    why: 'Both have the same certificate identity, so that either can ask for tokens as the client.',
    mend: 'Give each workload a service account of its own.',
  },
  SL2060: {
    severity: 'error',
    title: 'object without a kind',
    why: 'Kubernetes refuses it.',
    mend: 'Add kind, such as kind: Namespace.',
  },
  SL2061: {
    severity: 'error',
    title: 'policy of an extension provider that does not exist',
    why: 'Istio denies everything that its rules match, and lets the rest through unasked.',
    mend: 'Write the name of a provider of meshConfig.extensionProviders.',
    reference: meshConfig,
  },
} as const satisfies Record<string, CatalogueEntry>
