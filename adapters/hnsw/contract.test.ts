import { test } from 'node:test'
import { testContractLaunched } from '../contract/subtests.fixture.ts'
import { adapter } from './adapter.ts'

test('the in-house engine passes the contract', (t) => testContractLaunched(t, adapter))
