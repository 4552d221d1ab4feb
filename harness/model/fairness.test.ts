import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ASPECTS, differing, fairnessOf, LEVELS, unlikeIn } from './fairness.ts'

test('a level stands before the colon; anything else is words', () => {
  const { durability, acknowledgement, consistency } = fairnessOf({
    durability: 'disk: the log is flushed first',
    acknowledgement: 'searchable',
    consistency: 'majority of 3 replicas',
  })
  assert.deepEqual(durability, { level: 'disk', words: 'the log is flushed first' })
  assert.deepEqual(acknowledgement, { level: 'searchable', words: '' })
  assert.deepEqual(consistency, { level: null, words: 'majority of 3 replicas' })
  assert.deepEqual(fairnessOf({}).durability, { level: null, words: 'not told' })
})

test('every level with any words is read back', () => {
  const level = fc.constantFrom(
    ...ASPECTS.flatMap((aspect) => LEVELS[aspect].map((name) => [aspect, name] as const)),
  )
  fc.assert(
    fc.property(level, fc.string({ minLength: 1 }), ([aspect, name], words) => {
      assert.deepEqual(fairnessOf({ [aspect]: `${name}: ${words}` })[aspect], {
        level: name,
        words,
      })
    }),
  )
})

test('a difference is told with value, default and reason; what is as it comes is not told', () => {
  assert.deepEqual(differing('m', 16, 16, 'option m'), {})
  const facts = differing('pool.max', 16, 10, "the scenario's connections (client)")
  assert.deepEqual(facts, {
    'differs.pool.max': "16, not 10 (the scenario's connections (client))",
  })
  assert.deepEqual(fairnessOf({ ...facts, 'differs.odd': 'on' }).differs, [
    { setting: 'pool.max', value: '16', usual: '10', why: "the scenario's connections (client)" },
    { setting: 'odd', value: 'on', usual: null, why: null },
  ])
})

test('the index in the engine’s own words, else as it was asked for', () => {
  const asked = { index: 'hnsw', 'index.m': 16, 'index.ef': 64, m: 16 }
  assert.equal(fairnessOf(asked).index, 'hnsw m=16 ef=64')
  assert.equal(fairnessOf({ ...asked, 'index as understood': 'M=16' }).index, 'M=16')
  assert.equal(fairnessOf({}).index, null)
})

test('an objection is what the adapter says; true, or nothing, is none', () => {
  const objection = (comparable?: string | boolean | null) =>
    fairnessOf(comparable === undefined ? {} : { comparable }).objection
  assert.deepEqual([objection(), objection(true), objection(null)], [null, null, null])
  assert.deepEqual(
    [objection(false), objection('function only')],
    ['not comparable', 'function only'],
  )
})

test('levels are alike whatever the words; without a level the words decide', () => {
  const of = (durability: string) => fairnessOf({ durability })
  assert.deepEqual(unlikeIn([of('disk: at commit'), of('disk: fsync')]), [])
  assert.deepEqual(unlikeIn([of('disk: at commit'), of('memory')]), ['durability'])
  assert.deepEqual(unlikeIn([of('disk'), fairnessOf({})]), ['durability'])
  assert.deepEqual(unlikeIn([of('as the server likes'), of('as the server likes')]), [])
  assert.deepEqual(unlikeIn([fairnessOf({}), fairnessOf({})]), [])
})
