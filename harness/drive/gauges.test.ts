import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { createGauges } from './gauges.ts'

test('gauges of this process are always there, those of the engine where /proc tells them', () => {
  const gauges = createGauges(process.pid)()
  assert.ok(gauges['harness.rss']! > 1e6)
  assert.ok(gauges['harness.cpu']! >= 0)
  const busy = gauges['harness.main.busy']!
  assert.ok(busy >= 0 && busy <= 1)
  if (process.platform === 'linux') {
    assert.ok(gauges['machine.cpu']! >= 0)
    assert.ok(gauges['machine.stolen']! >= 0)
    assert.ok(gauges['engine.rss']! > 1e6)
    assert.ok(gauges['engine.cpu']! >= 0)
  } else assert.ok(!('engine.rss' in gauges))
})

test('the CPU of an engine is that of its child processes too, also of those that have ended', (t) => {
  if (process.platform !== 'linux') return t.skip('there is no /proc')
  const gauges = createGauges(process.pid)
  const busy = 'const end = process.cpuUsage().user + 3e5; while (process.cpuUsage().user < end);'
  spawnSync(process.execPath, ['-e', busy])
  const { 'engine.cpu': engine, 'harness.cpu': own } = gauges()
  assert.ok(engine! > own!, `the child worked: ${engine} with it, ${own} without`)
})

test('an engine whose process is not known, or gone, has no gauges', () => {
  assert.ok(!('engine.rss' in createGauges(undefined)()))
  assert.ok(!('engine.rss' in createGauges(2 ** 30)()))
})
