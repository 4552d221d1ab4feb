import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Ask, PLAIN, withService } from './service.fixture.ts'

const SAMPLE =
  /^([a-z_]+)(\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/

/** Samples by name and labels; fails where a line is not of the text format, or a sample comes before its TYPE. */
const parsed = (text: string): Map<string, number> => {
  assert.ok(text.endsWith('\n'))
  const samples = new Map<string, number>()
  const kinds = new Map<string, string>()
  for (const line of text.trimEnd().split('\n')) {
    const [, type, kind] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line) ?? []
    if (type) {
      assert.ok(!kinds.has(type), `${type} has two families`)
      kinds.set(type, kind!)
    }
    if (line.startsWith('# ')) continue
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? assert.fail(line)
    const isHistogram = kinds.get(name!.replace(/_(bucket|sum|count)$/, '')) === 'histogram'
    assert.ok(kinds.has(name!) || isHistogram, `${line} has no TYPE`)
    assert.equal(kinds.get(name!) === 'counter', name!.endsWith('_total'), line)
    assert.ok(!samples.has(name + labels), `${name}${labels} is there twice`)
    samples.set(name + labels, Number(value))
  }
  return samples
}

test('metrics count what was asked, by route and status, in the text format of Prometheus', () =>
  withService(asked, { searchers: 1 }))

const asked = async (ask: Ask): Promise<void> => {
  await ask('PUT', '/collections/a', { ...PLAIN, tiered: 'off' })
  await ask('POST', '/collections/a/upsert', {
    rows: [
      { id: 1, vector: [0, 0] },
      { id: 2, vector: [1, 0] },
    ],
  })
  await ask('POST', '/collections/a/delete', { ids: [1] })
  for (const k of [1, 2, 0]) await ask('POST', '/collections/a/search', { vector: [0, 0], k })
  await ask('GET', '/no/such/route')
  const reply = await ask('GET', '/metrics')
  assert.equal(reply.type, 'text/plain; version=0.0.4; charset=utf-8')
  const samples = parsed(Buffer.from(reply.bytes).toString())
  const expected = {
    'hnsw_requests_total{route="POST /collections/NAME/search",status="200"}': 2,
    'hnsw_requests_total{route="POST /collections/NAME/search",status="400"}': 1,
    'hnsw_requests_total{route="none",status="404"}': 1,
    hnsw_search_seconds_count: 3,
    'hnsw_search_seconds_bucket{le="+Inf"}': 3,
    hnsw_write_seconds_count: 2,
    hnsw_write_queue_requests: 0,
    hnsw_write_queue_bytes: 0,
    hnsw_collections: 1,
    'hnsw_live_rows{collection="a"}': 1,
    'hnsw_tombstones{collection="a"}': 1,
    hnsw_compactions_total: 0,
    hnsw_apply_seconds_count: 2,
    'hnsw_hot_rows{collection="a"}': 0,
    hnsw_searchers_waiting: 0,
  }
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(samples.get(name), value, name)
  }
  const buckets = [...samples].filter(([name]) => name.startsWith('hnsw_search_seconds_bucket'))
  assert.deepEqual(
    buckets.map(([, n]) => n),
    buckets.map(([, n]) => n).sort((a, b) => a - b),
    'buckets are cumulative',
  )
  assert.ok(samples.get('process_cpu_seconds_total')! > 0)
  for (const thread of ['main', 'writer', 'search-0']) {
    assert.ok(samples.get(`hnsw_thread_busy_seconds_total{thread="${thread}"}`)! > 0, thread)
  }
}
