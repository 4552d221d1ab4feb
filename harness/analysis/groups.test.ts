import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { groupsOf, membersWhere } from './groups.ts'

test('groups are those of Map.groupBy, in the same order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (keys) => {
      const members = [...keys.keys()].map((i) => 2 * i)
      const keyOf = (s: number): number => keys[s / 2]!
      const groups = [...groupsOf(members, keyOf)].map(([key, of]) => [key, [...of]])
      assert.deepEqual(groups, [...Map.groupBy(members, keyOf)])
      const odd = (s: number): boolean => keyOf(s) % 2 === 1
      assert.deepEqual([...membersWhere(members, odd)], members.filter(odd))
    }),
  )
})
