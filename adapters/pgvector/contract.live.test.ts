import { test } from 'node:test'
import { testContractLaunched } from '../contract/subtests.fixture.ts'
import { adapter } from './adapter.ts'

test('pgvector passes the contract on PGlite', (t) => testContractLaunched(t, adapter))
