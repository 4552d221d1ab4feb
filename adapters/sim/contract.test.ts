import { test } from 'node:test'
import { testContractLaunched } from '../contract/subtests.fixture.ts'
import { adapter } from './adapter.ts'

test('the sim passes the contract, at once and with delays', async (t) => {
  for (const options of [{}, { delay: { fixed: 5 }, deleteDelay: { fixed: 5 } }])
    await testContractLaunched(t, adapter, options)
})
