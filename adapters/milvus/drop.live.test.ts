import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Launched } from '../../harness/model/index.ts'
import { skipLive } from '../live.fixture.ts'
import { collection, drawnFor, signal } from '../rows.fixture.ts'
import { adapter } from './adapter.ts'
import { missing } from './launch.ts'
import type { MilvusOptions } from './options.ts'

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
  mkdirSync(join(dir, 'python'))
  writeFileSync(join(dir, 'python/sitecustomize.py'), python)
  const before = process.env.PYTHONPATH
  process.env.PYTHONPATH = join(dir, 'python')
  try {
    const server = await adapter.launch!(dir, undefined)
    t.after(server.stop)
    return server
  } finally {
    if (before === undefined) delete process.env.PYTHONPATH
    else process.env.PYTHONPATH = before
  }
}

test('a collection is dropped though a write of it was overtaken by a flush', {
  skip,
}, async (t) => {
  const { options } = await launched(t, OVERTAKE)
  const at = collection('overtaken')
  const clock = { now: () => 0 }
  const engine = await adapter.open(options, at, clock)
  const [, , second, third] = drawnFor('overtaken').randomRows(4)
  const late = engine.upsert([second!], signal)
  await engine.upsert([third!], signal)
  await engine.compact!(signal)
  await late
  await engine.close()
  await adapter.drop!(options, at.name)
  const again = await adapter.open(options, at, clock)
  t.after(() => again.close())
  assert.equal(await again.count!(signal), 0)
})
