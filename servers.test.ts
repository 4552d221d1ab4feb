import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { liveServers } from './adapters/live.fixture.ts'
import { bring, isThere, SERVERS, type Server } from './servers.ts'

const folder = (t: TestContext): string => {
  const root = mkdtempSync(join(tmpdir(), 'driftmark-servers-'))
  t.after(() => rmSync(root, { recursive: true }))
  return join(root, 'thing')
}
const node = (source: string) => [process.execPath, '-e', source] as const
const writes = (dir: string, text: string) =>
  node(`require('node:fs').writeFileSync(${JSON.stringify(join(dir, 'it'))}, '${text}')`)

/** A server that is a file, and whose version is what the file holds. */
const thing = (more: Partial<Server> = {}): Server => ({
  about: 'a file',
  recipe: 'thing==1',
  steps: (dir) => [writes(dir, 'thing 1.2.3')],
  check: (dir) =>
    node(
      `process.stdout.write(require('node:fs').readFileSync(${JSON.stringify(join(dir, 'it'))}))`,
    ),
  version: '1.2',
  ...more,
})

test('a server is brought once; what was cut short, damaged or of another recipe is brought again', (t) => {
  const dir = folder(t)
  assert.equal(isThere(thing(), dir), false)
  assert.equal(bring('thing', thing(), dir), 'brought')
  assert.equal(bring('thing', thing(), dir), 'there')
  rmSync(join(dir, 'brought.txt'))
  assert.equal(bring('thing', thing(), dir), 'brought', 'no stamp: the steps did not end')
  writeFileSync(join(dir, 'it'), 'thing 9')
  assert.equal(bring('thing', thing(), dir), 'brought', 'it answers another version')
  writeFileSync(join(dir, 'old'), '')
  assert.equal(bring('thing', thing({ recipe: 'thing==2' }), dir), 'brought')
  assert.equal(existsSync(join(dir, 'old')), false)
})

test('what is missing is said with the command that failed, and leaves nothing that counts as there', (t) => {
  const dir = folder(t)
  for (const [server, says] of [
    [thing({ steps: () => [['no-such-program']] }), /thing: there is no no-such-program/],
    [thing({ steps: () => [node('process.exit(3)')] }), /failed \(exit 3\)/],
    [thing({ steps: () => [] }), /failed \(exit 1\).*ENOENT/s],
    [thing({ version: '2.0' }), /version 2\.0 was to be brought, but it is thing 1\.2\.3/],
    ...(
      [
        ['No module named pip', /lacks pip/],
        ['NewConnectionError: name resolution', /is there a network/],
        ['No matching distribution found', /nothing for this platform/],
      ] as const
    ).map(
      ([said, says]) =>
        [
          thing({ steps: () => [node(`console.error('${said}'); process.exit(1)`)] }),
          says,
        ] as const,
    ),
  ] as const) {
    assert.throws(() => bring('thing', server, dir), says)
    assert.equal(isThere(server, dir), false)
  }
})

test('each server tells its version, which its recipe pins', () => {
  for (const [name, server] of Object.entries(SERVERS)) {
    assert.match(name, /^[a-z]+$/)
    assert.match(server.recipe, /==\d/)
    assert.ok(
      server.steps('/dir').flat().includes('/dir') || server.check('/dir')[0].startsWith('/dir'),
    )
  }
})

test('the command line: a server that is not in the table is refused with those that are; none lists them', () => {
  const run = (...words: string[]) =>
    spawnSync(process.execPath, ['servers.ts', ...words], { encoding: 'utf8' })
  const { status, stderr } = run('postgrs')
  assert.equal(status, 64)
  assert.match(stderr, /no server "postgrs"; there are postgres/)
  assert.deepEqual(
    run()
      .stdout.trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
    Object.keys(SERVERS),
  )
})

test('DRIFTMARK_LIVE names only servers that there are', () => {
  const known = [...Object.keys(SERVERS), 'qdrant']
  for (const name of liveServers()) assert.ok(known.includes(name), name)
})
