import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkServer, objection } from './version.ts'

const server = (pgvector: string | null, fsync = 'on', name = 'PostgreSQL 18.4') => [
  name,
  '18.4',
  pgvector,
  fsync,
]

test('a server without pgvector, or with one before 0.8.0, is refused; one before 0.8.4 is not comparable', () => {
  assert.throws(() => checkServer(server(null), 'default'), /install pgvector/)
  assert.throws(() => checkServer(server('0.7.4'), 'default'), /pgvector 0\.7\.4; 0\.8\.0/)
  checkServer(server('0.8.0'), 'disk')
  assert.match(`${objection(server('0.8.3'))}`, /not comparable.*0\.8\.3/)
  for (const sound of ['0.8.4', '0.8.5', '0.9', '1.0.0', '0.10.1'])
    assert.equal(objection(server(sound)), null, sound)
  assert.equal(objection(server('0.8.7', 'off', 'PGlite 18')), 'function only, not comparable')
})

test('a durability of disk needs fsync, and a folder on a disk', () => {
  checkServer(server('0.8.5'), 'memory', true)
  assert.throws(() => checkServer(server('0.8.5'), 'disk', true), {
    option: 'durability',
    message: /tmpfs.*TMPDIR/,
  })
  checkServer(server('0.8.5', 'off'), 'memory')
  assert.throws(() => checkServer(server('0.8.5', 'off'), 'disk'), { option: 'durability' })
  assert.throws(() => checkServer(server('0.8.5', 'on', 'PGlite 18'), 'disk'), /PGlite/)
})
