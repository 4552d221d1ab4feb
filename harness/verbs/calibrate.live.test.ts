import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { drive, workFolder } from '../cli.fixture.ts'

test('cases played alone: every claim holds, and a part of the battery is no calibration', async (t) => {
  const dir = workFolder(t)
  const words = ['calibrate', '--case', 'clip', '--case', 'copies', '--json']
  const { code, out, err } = await drive(dir, words)
  assert.equal(code, 0, out + err)
  const judged = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(judged.map(({ name }) => name).sort(), ['clip', 'copies'])
  for (const { lines } of judged) {
    assert.ok(lines.length > 0)
    for (const line of lines) assert.equal(line.holds, true, JSON.stringify(line))
  }
  assert.ok(!existsSync(join(dir, 'driftmark')))
})

test('a case that there is not, and a format that there is not, are refused with what there is', async (t) => {
  const dir = workFolder(t)
  for (const [words, says] of [
    [['--case', 'nosuch'], 'there are fixed, '],
    [['--format', 'html'], 'text, json or md'],
  ] as const) {
    const { code, err } = await drive(dir, ['calibrate', ...words])
    assert.equal(code, 64, err)
    assert.ok(err.includes(says), err)
  }
})
