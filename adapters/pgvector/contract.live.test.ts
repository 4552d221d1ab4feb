import { test } from 'node:test'
import { testContract } from '../contract/subtests.fixture.ts'
import { adapter } from './adapter.ts'

test('pgvector passes the contract on PGlite', async (t) => {
  const server = await adapter.launch!('.', undefined)
  try {
    await testContract(t, adapter, server.options, { dir: '.', options: undefined })
  } finally {
    await server.stop()
  }
})
