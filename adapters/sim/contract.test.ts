import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { testContract } from '../contract/subtests.fixture.ts'
import { adapter } from './adapter.ts'

test('the sim passes the contract, at once and with delays', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-sim-'))
  for (const options of [{}, { delay: { fixed: 5 }, deleteDelay: { fixed: 5 } }]) {
    const server = await adapter.launch!(dir, options)
    try {
      await testContract(t, adapter, server.options, { dir, options })
    } finally {
      await server.stop()
    }
  }
  await rm(dir, { recursive: true })
})
