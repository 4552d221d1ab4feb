import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Histogram, HistogramLogReader, listTags } from 'hdr-histogram-js'
import { viewOf } from '../../analysis/index.ts'
import { probe, remove, runOf, search, upsert } from '../../analysis/run.fixture.ts'
import { hdrLog, intervalsOf, seriesOf } from './index.ts'

/** Tag → its interval histograms, by the library's own reader. */
const read = (text: string): Map<string, Histogram[]> => {
  const reader = new HistogramLogReader(text)
  const found = new Map<string, Histogram[]>()
  for (let one = reader.nextIntervalHistogram(); one; one = reader.nextIntervalHistogram()) {
    found.set(one.tag, [...(found.get(one.tag) ?? []), one])
  }
  return found
}

const RUN = runOf({
  preload: 3,
  phases: [
    ['warm-up', 0, 500, false],
    ['churn', 500, 3000, true],
  ],
  ops: [
    search(100, 0, [], { sent: 101, done: 104 }),
    search(900, 0, [], { done: 950 }, { phase: 1 }),
    search(1200, 0, [], { outcome: 'unknown', done: 1300 }, { phase: 1 }),
    search(1300, 0, [], { sent: null, outcome: 'fail', error: 'shed' }, { phase: 1 }),
    upsert(1400, [[3, 0]], { done: 1410 }, { phase: 1 }),
    probe(1420, 4, [3, 0], [], { done: 1421 }, { phase: 1 }),
    probe(1440, 4, [3, 0], [[3, 0]], { done: 1442 }, { phase: 1 }),
    upsert(1500, [[4, 0]], { done: 1510 }, { phase: 1 }),
    probe(1520, 7, [4, 0], [], { done: 1521 }, { phase: 1 }),
    remove(2500, [0], { done: 2503 }, { phase: 1 }),
  ],
})
const logBy = (by: 'second' | 'phase'): string => {
  const view = viewOf(RUN)
  return [...hdrLog(view, seriesOf(view), intervalsOf(view, by))].join('')
}
const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) <= expected / 1000, `${found} is not ${expected}`)

test('every time is in the interval in which its op was due, in microseconds, to three digits', () => {
  const log = logBy('second')
  const found = read(log)
  const responses = found.get('search.response')!
  const starts = responses.map(
    ({ startTimeStampMsec }) => startTimeStampMsec - Date.parse('2025-01-01'),
  )
  assert.deepEqual(starts, [0, 1000])
  assert.deepEqual(
    responses.map(({ totalCount }) => totalCount),
    [2, 2],
  )
  near(responses[0]!.minNonZeroValue, 4000)
  near(responses[0]!.maxValue, 50_000)
  near(found.get('search.service')![0]!.minNonZeroValue, 3000)
  near(found.get('delete.response')![0]!.maxValue, 3000)
})

test('what never ended stands at the time-out in its series, and again under a tag of its own', () => {
  const found = read(logBy('second'))
  near(found.get('search.response')![1]!.minNonZeroValue, 30_000_000)
  assert.deepEqual(
    found.get('search.response.unended')!.map(({ totalCount }) => totalCount),
    [2],
  )
  assert.equal(found.get('search.service')!.length, 1)
  assert.match(
    logBy('second'),
    /#\[search\.response: .*never ended stands at 30 s, and again under search\.response\.unended\]/,
  )
})

test('both ends of ingest-to-searchable; a row never seen stands at the deadline', () => {
  const found = read(logBy('phase'))
  const [lower] = found.get('ingest-to-searchable.lower')!
  const [upper] = found.get('ingest-to-searchable.upper')!
  assert.deepEqual([lower!.totalCount, upper!.totalCount], [2, 2])
  near(lower!.getValueAtPercentile(100), 20_000)
  near(upper!.getValueAtPercentile(50), 42_000)
  near(upper!.getValueAtPercentile(100), 1_000_000)
  assert.equal(found.get('ingest-to-searchable.upper.unended')![0]!.totalCount, 1)
})

test('by phase, a line a phase; nothing is lost or doubled by the cut', () => {
  const count = (by: 'second' | 'phase', tag: string) =>
    read(logBy(by))
      .get(tag)!
      .reduce((sum, { totalCount }) => sum + totalCount, 0)
  for (const tag of listTags(logBy('phase')))
    assert.equal(count('phase', tag), count('second', tag), tag)
  assert.equal(read(logBy('phase')).get('search.response')!.length, 2)
})
