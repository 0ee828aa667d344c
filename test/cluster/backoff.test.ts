import test from 'ava'
import { Backoff } from '../../cluster/backoff.js'

test('the wait doubles with each failure up to the longest, and half of it is chance', t => {
  const backoff = new Backoff({ least: 100, most: 1000 })
  for (const longest of [100, 200, 400, 800, 1000, 1000, 1000]) {
    const wait = backoff.next()
    t.true(wait >= longest / 2 && wait <= longest, `${wait} for ${longest}`)
  }
  backoff.reset()
  t.true(backoff.next() <= 100)
})

test('after very many failures it is still the longest', t => {
  const backoff = new Backoff({ least: 1, most: 50 })
  const waits = Array.from({ length: 5000 }, () => backoff.next())
  t.true(waits.slice(-100).every(wait => wait >= 25 && wait <= 50))
  t.true(new Set(waits.slice(-100)).size > 50)
})
