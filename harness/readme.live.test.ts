import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { drive, readmeBlocks, workFolder } from './cli.fixture.ts'
import { findVerb, VERB_NAMES } from './verbs/index.ts'
import { helpOf } from './verbs/verb.ts'

const PREFIX = 'npm run driftmark -- '
/** They are this very test, or take as long as all of it. */
const ELSEWHERE = ['npm ci', 'npm run bench', 'npm ci && npm test']

const lines = readmeBlocks('sh').flatMap((block) => block.trim().split('\n'))
const commands = lines.filter((line) => line.startsWith(PREFIX))

test('every command of the README is run here, or named as run elsewhere', () => {
  assert.deepEqual(
    lines.filter((line) => !line.startsWith(PREFIX) && !ELSEWHERE.includes(line)),
    [],
  )
  assert.ok(commands.length >= 6)
})

test('the README works: every command of it, in its order', async (t) => {
  const dir = workFolder(t)
  for (const command of commands) {
    await t.test(command, async () => {
      const { code, out, err } = await drive(dir, command.slice(PREFIX.length).split(' '))
      // A machine too slow for its limits makes a run fail them, or unknown: the command has worked all the same.
      const allowed = / run | calibrate$/.test(command) ? [0, 1, 2] : [0]
      assert.ok(allowed.includes(code!), `exit ${code}\n${out}\n${err}`)
      assert.doesNotMatch(out, /OUTSIDE +(?:lost|ghosts|checkpoint)/, 'counts depend on no speed')
      assert.ok(!/\n\s+at .*\.(?:ts|js):/.test(err), `a stack trace:\n${err}`)
    })
  }
  const pages = readdirSync(join(dir, 'runs'), { recursive: true }).map(String)
  assert.equal(pages.filter((path) => path.endsWith('report.html')).length, 2)
})

test('every verb has help with an example, and the example is of that verb', async () => {
  for (const name of VERB_NAMES) {
    const verb = await findVerb(name)
    const text = helpOf(verb)
    assert.ok(text.includes(`Example: driftmark ${name}`), name)
    assert.deepEqual(Object.keys(verb.help).sort(), Object.keys(verb.options).sort(), name)
  }
})
