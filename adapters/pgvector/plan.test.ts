import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planOf } from './plan.ts'

const explained = (scan: object) =>
  JSON.stringify([{ Plan: { 'Node Type': 'Limit', Plans: [{ 'Node Type': 'InitPlan' }, scan] } }])

test('a scan of a vector index is index; of the table, or of another index, exact', () => {
  const indexes = ['a_embedding_idx', 'public."From_idx"']
  for (const [scan, plan] of [
    [{ 'Node Type': 'Index Scan', 'Index Name': 'a_embedding_idx' }, 'index'],
    [{ 'Node Type': 'Index Scan', 'Index Name': 'From_idx' }, 'index'],
    [{ 'Node Type': 'Index Scan', 'Index Name': 'a_pkey' }, 'exact'],
    [{ 'Node Type': 'Sort', Plans: [{ 'Node Type': 'Seq Scan' }] }, 'exact'],
  ] as const) {
    assert.equal(planOf(explained(scan), indexes), plan)
  }
  assert.throws(() => planOf('[]', indexes), /no plan/)
})
