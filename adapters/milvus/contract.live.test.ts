import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { testContract } from '../contract/subtests.fixture.ts'
import { skipLive } from '../live.fixture.ts'
import { adapter } from './adapter.ts'
import { missing } from './launch.ts'

const skip = skipLive('milvus', missing())

test('milvus passes the contract on milvus-lite', { skip }, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-'))
  const server = await adapter.launch!(dir, undefined)
  try {
    await testContract(t, adapter, server.options, { dir, options: undefined })
  } finally {
    await server.stop()
    await rm(dir, { recursive: true })
  }
})
