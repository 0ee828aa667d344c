import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Colors } from 'picocolors/types.js'
import { tokenPath } from './authorization-server.js'
import { certificateHeader } from './mesh.js'
import { headerValueOf, type System } from './system.js'

/**
 * Says how to call a system that is left running, as commands to paste; writes the files that they
 * name into the system's own folder.
 */
export async function howToCall(system: System, colors: Colors): Promise<string> {
  const { folder, identities, routes } = system
  const header = join(folder, 'forged.header')
  await writeFile(header, `${certificateHeader}: ${headerValueOf(identities, 'website')}\n`)
  const form = '-d grant_type=client_credentials -d client_id=website-client'
  const sections = routes.map(({ variant, sidecar, server }) => {
    const name = variant === 'article' ? "the article's filter" : `sidecert, ${variant}`
    const url = (port: number) => `http://127.0.0.1:${port}${tokenPath}`
    return [
      colors.bold(name),
      colors.dim('  # website asks for its own token; reports forges; guestbook is in no policy'),
      `  curl ${url(sidecar.website)} ${form}`,
      `  curl ${url(sidecar.reports)} ${form} -H @${header}`,
      `  curl ${url(sidecar.guestbook)} ${form}`,
      colors.dim('  # forged in plain HTTP, where the mesh lets it in'),
      `  curl ${url(server.plaintext)} ${form} -H @${header}`,
    ].join('\n')
  })
  return [...sections, 'Everything runs until Ctrl-C.'].join('\n\n')
}
