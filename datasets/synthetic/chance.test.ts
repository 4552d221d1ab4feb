import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chance } from './chance.ts'

test('normal numbers have the moments and the tails of the standard normal distribution', () => {
  const { normal } = chance(1, 'moments')
  const n = 400_000
  const sums = [0, 0, 0, 0]
  let beyond2 = 0
  let beyondTail = 0
  for (let i = 0; i < n; i++) {
    const x = normal()
    for (let power = 1; power <= 4; power++) sums[power - 1]! += x ** power / n
    if (Math.abs(x) > 2) beyond2++
    if (Math.abs(x) > 3.6541528853610088) beyondTail++
  }
  const [mean, variance, skew, kurtosis] = sums
  assert.ok(Math.abs(mean!) < 0.008, `mean ${mean}`)
  assert.ok(Math.abs(variance! - 1) < 0.012, `variance ${variance}`)
  assert.ok(Math.abs(skew!) < 0.03, `third moment ${skew}`)
  assert.ok(Math.abs(kurtosis! - 3) < 0.08, `fourth moment ${kurtosis}`)
  assert.ok(Math.abs(beyond2 / n - 0.0455) < 0.0015, `${beyond2} beyond 2`)
  assert.ok(beyondTail > 60 && beyondTail < 150, `${beyondTail} in the tail, expected about 103`)
})

test('a named stream gives the same numbers each time, and another name others', () => {
  const take = (name: string) => {
    const { normal } = chance(7, name)
    return [normal(), normal(), normal()]
  }
  assert.deepEqual(take('a'), take('a'))
  assert.notDeepEqual(take('a'), take('b'))
})
