import test from 'ava'
import { startAdmin } from '../../ext-authz/admin.js'

test('health and readiness are told apart', async t => {
  let ready = false
  const admin = await startAdmin(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    { ready: () => ready },
  )
  const status = async (path: string, method = 'GET') =>
    (await fetch(`http://${admin.address}${path}`, { method })).status
  t.is(await status('/healthz'), 200)
  t.is(await status('/readyz'), 503)
  ready = true
  t.is(await status('/readyz'), 200)
  t.is(await status('/readyz?verbose'), 200)
  t.is(await status('/secrets'), 404)
  t.is(await status('/healthz', 'POST'), 405)
  await admin.stop()
})
