import type { Configuration } from '../../config/index.js'
import { curityAuthorities } from '../curity/curity-files.js'
import type { Generated, GeneratedFile, PartRequest } from '../part.js'
import { protectServer } from './access-script.js'
import { deployApplications } from './application-script.js'
import { retrieveAuthorities } from './authorities-script.js'
import {
  createCluster,
  deployMesh,
  prepareNamespaces,
  type ScriptRequest,
} from './cluster-scripts.js'
import { script } from './script.js'
import { deployCurity, patchServer } from './server-script.js'
import { testCalls } from './test-scripts.js'

/**
 * Writes the numbered scripts that deploy all other files, and `deploy.sh`, which runs them.
 *
 * @param files - the files that the other parts have made
 */
export function scriptFiles(request: PartRequest, files: readonly GeneratedFile[]): Generated {
  const { configuration, targets, forwardings } = request
  if (!targets.includes('istio')) return { files: [], diagnostics: [] }
  const inner: ScriptRequest = { configuration, paths: new Set(files.map(({ path }) => path)) }
  const { curity } = configuration.authorizationServer
  const { authorities = [] } = curity === undefined ? {} : curityAuthorities(request, curity)
  const steps = [
    createCluster(configuration),
    deployMesh(configuration),
    prepareNamespaces(inner),
    protectServer(inner, forwardings),
    curity === undefined ? patchServer(inner) : deployCurity(inner, curity, authorities),
    ...(configuration.clients.length === 0 ? [] : [deployApplications(inner)]),
  ]
  const others = [retrieveAuthorities(configuration), ...testCalls(inner)]
  return { files: [deployAll(configuration, steps), ...steps, ...others], diagnostics: [] }
}

function deployAll(configuration: Configuration, steps: readonly GeneratedFile[]): GeneratedFile {
  const names = steps.map(({ path }) => path.slice('istio/'.length))
  return script(configuration, {
    path: 'istio/deploy.sh',
    about: [
      'Runs every numbered deployment script in order. Run it again at will: what is there stays.',
      'Each script says at its head which environment variables it takes.',
    ],
    body: `
set --
if "$dry_run"; then
  set -- --dry-run
fi
${names.map(name => `printf '# %s\\n' ${name}\n./${name} "$@"`).join('\n')}
`,
  })
}
