import { test } from 'node:test'
import { testContractLaunched } from '../contract/subtests.fixture.ts'
import { skipLive } from '../live.fixture.ts'
import { adapter } from './adapter.ts'
import { missing } from './launch.ts'

const skip = skipLive('milvus', missing())

test('milvus passes the contract on milvus-lite', { skip }, (t) => testContractLaunched(t, adapter))
