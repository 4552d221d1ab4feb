import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Launched } from '../../harness/model/index.ts'
import { skipLive } from '../live.fixture.ts'
import { collection, drawnFor, signal } from '../rows.fixture.ts'
import { adapter } from './adapter.ts'
import { missing } from './launch.ts'
import type { MilvusOptions } from './options.ts'
import { launchWith } from './python.fixture.ts'

const skip = skipLive('milvus', missing())

/**
 * Python reads it at its start. The write of row 2 is numbered, and stored after the next flush; that of row 3 begins when row 2 is
 * numbered: what else is a matter of how the server's threads are scheduled is so each time.
 */
const OVERTAKE = `
import threading
from milvus_lite.engine.collection import Collection
upsert, apply, flush = Collection.upsert, Collection._apply, Collection._trigger_flush
numbered, flushed = threading.Event(), threading.Event()
def late_upsert(self, records, *more, **named):
    if records[0]["id"] == 3: numbered.wait()
    return upsert(self, records, *more, **named)
def late_apply(self, op):
    if 2 in op.batch.column("id").to_pylist():
        numbered.set()
        flushed.wait()
    return apply(self, op)
def told_flush(self):
    flush(self)
    flushed.set()
Collection.upsert, Collection._apply, Collection._trigger_flush = late_upsert, late_apply, told_flush
`

/** A server with that at its start. */
const launched = async (t: TestContext, python: string): Promise<Launched<MilvusOptions>> => {
  const dir = mkdtempSync(join(tmpdir(), 'driftmark-milvus-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  const server = await launchWith(dir, 'sitecustomize.py', python)
  t.after(server.stop)
  return server
}

test('a collection is dropped though a write of it was overtaken by a flush', {
  skip,
}, async (t) => {
  const { options } = await launched(t, OVERTAKE)
  const at = collection('overtaken')
  const clock = { now: () => 0 }
  const engine = await adapter.open(options, at, clock)
  const other = await adapter.open(options, at, clock)
  const [, , second, third] = drawnFor('overtaken').randomRows(4)
  const late = engine.upsert([second!], signal)
  await engine.upsert([third!], signal)
  await other.compact!(signal)
  await late
  await Promise.all([engine.close(), other.close()])
  await adapter.drop!(options, at.name)
  const again = await adapter.open(options, at, clock)
  t.after(() => again.close())
  assert.equal(await again.count!(signal), 0)
})

/** The write of row 2 is stored when a search comes. */
const LATE = `
import threading
from milvus_lite.engine.collection import Collection
apply, search = Collection._apply, Collection.search
numbered, searched = threading.Event(), threading.Event()
def late_apply(self, op):
    if 2 in op.batch.column("id").to_pylist():
        numbered.set()
        searched.wait()
    return apply(self, op)
def told_search(self, *more, **named):
    numbered.wait()
    searched.set()
    return search(self, *more, **named)
Collection._apply, Collection.search = late_apply, told_search
`

test('a flush waits for a write that was given up, and holds it', { skip }, async (t) => {
  const { options } = await launched(t, LATE)
  const at = collection('given_up')
  const engine = await adapter.open(options, at, { now: () => 0 })
  t.after(() => engine.close())
  const [, , second] = drawnFor('overtaken').randomRows(3)
  const giving = new AbortController()
  const late = engine.upsert([second!], giving.signal)
  const compacted = engine.compact!(signal)
  giving.abort()
  await assert.rejects(late, { outcome: 'unknown' })
  await engine.search(second!.vector, 1, signal)
  await compacted
  const { segments, log_bytes } = await engine.stats!()
  assert.deepEqual([segments, log_bytes], [1, 0])
})
