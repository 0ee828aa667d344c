import test from 'ava'
import { parse } from 'luaparse'
import { lua, luaSource } from '../../filters/index.js'

const header = 'x-client-certificate'

test('the script is Lua as Envoy runs it', t => {
  t.notThrows(() => parse(luaSource({ header }), { luaVersion: 'LuaJIT' }))
})

test("the header's name is the only thing that the settings change", t => {
  const [one, other] = [luaSource({ header }), luaSource({ header: 'ssl-client-cert' })]
  const lines = other.split('\n')
  const differing = one.split('\n').flatMap((line, index) => {
    return line === lines[index] ? [] : [lines[index]]
  })
  t.deepEqual(differing, ['local header = "ssl-client-cert"'])
})

test('no name that could end the string gets into the script', t => {
  for (const name of ['a"b', 'a\\', 'a\nb', "x') os.exit(", 'X-Upper']) {
    t.throws(() => luaSource({ header: name }), { instanceOf: RangeError })
  }
})

test('the source is given in the field that Envoy does not call deprecated', t => {
  t.deepEqual(Object.keys(lua({ header }).typed_config), ['@type', 'default_source_code'])
})
