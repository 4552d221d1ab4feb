import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressesOf, movedTo } from './address.ts'

const to = { host: '127.0.0.1', port: 9 }

test('addresses of every form are found and moved; all else stays as it is', () => {
  for (const [options, host, port, moved] of [
    [{ url: 'http://db:81' }, 'db', 81, { url: 'http://127.0.0.1:9' }],
    [{ url: 'http://db/a?b=1' }, 'db', 80, { url: 'http://127.0.0.1:9/a?b=1' }],
    [
      { url: 'postgres://u:p@db/x', ef: 3 },
      'db',
      5432,
      { url: 'postgres://u:p@127.0.0.1:9/x', ef: 3 },
    ],
    [{ at: ['10.0.0.2:19530'] }, '10.0.0.2', 19530, { at: ['127.0.0.1:9'] }],
    [{ server: { host: 'db', port: 7, pid: 1 } }, 'db', 7, { server: { ...to, pid: 1 } }],
  ] as const) {
    assert.deepEqual(addressesOf(options), [{ host, port }])
    assert.deepEqual(movedTo(options, to), moved)
  }
})

test('what is no address, or one behind encryption, is none', () => {
  for (const options of [undefined, null, 5, 'lognormal', { a: '20ms', b: 'https://db:443' }]) {
    assert.deepEqual(addressesOf(options), [])
    assert.deepEqual(movedTo(options, to), options)
  }
})
