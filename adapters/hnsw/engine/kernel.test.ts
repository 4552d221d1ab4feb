import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stream } from '../../../harness/model/rng.ts'
import { createAsking } from './asking.ts'
import { createMemory } from './memory.ts'

const METRICS = ['l2', 'cosine', 'ip'] as const

/** A vector rounded to 127 steps to either side of 0. */
const coded = (vector: Float32Array) => {
  const scale = vector.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / 127
  return vector.map((x) => Math.round(x / scale) * scale)
}
const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0)

test('four distances by codes at once are those of a plain loop over the rounded vectors', () => {
  for (const metric of METRICS) {
    for (const dimensions of [1, 7, 16, 40, 129, 4096]) {
      const { kernel, context, shared, taken } = createMemory({
        dimensions,
        metric,
        m: 4,
        efConstruction: 8,
        seed: 1,
        selection: 'heuristic',
      })
      const { ask } = createAsking(kernel, shared, context, dimensions, 'exact', taken)
      const chance = stream(3, metric, dimensions)
      const unit = (vector: Float32Array): Float32Array =>
        metric === 'cosine' ? vector.map((x) => x / Math.sqrt(dot(vector, vector))) : vector
      const draw = () => unit(Float32Array.from({ length: dimensions }, () => 3 * chance.normal()))
      const rows = Array.from({ length: 4 }, draw)
      const slots = rows.map((row, id) => {
        ask(row)
        kernel.upsert(context, id, 0, 0, 1)
        return kernel.find(id)
      })
      const query = draw()
      ask(query)
      const at = kernel.roomFor(context, 4)
      new Uint32Array(shared.buffer, at, 4).set(slots)
      kernel.codeDistances(context)
      const found = new Float32Array(shared.buffer, at, 4)
      rows.forEach((row, i) => {
        const [q, x] = [coded(query), coded(row)]
        const sizes = dot(q, q) + dot(x, x)
        const expected =
          metric === 'l2'
            ? sizes - 2 * dot(q, x)
            : metric === 'ip'
              ? -dot(q, x)
              : sizes / 2 - dot(q, x)
        // A component on the edge between two codes may fall to the other side.
        const slack = 1e-5 * sizes + (dimensions > 1 ? (0.002 * sizes) / Math.sqrt(dimensions) : 0)
        assert.ok(
          Math.abs(found[i]! - Math.max(expected, metric === 'ip' ? -Infinity : 0)) <= slack,
          `${metric} ${dimensions}: ${found[i]} is not ${expected}`,
        )
      })
    }
  }
})

test('a host that takes codes of seven bits only gives the same answers', () => {
  for (const metric of METRICS) {
    for (const dimensions of [1, 16, 48, 100, 4096]) {
      const answers = [true, false].map((isWhole) => {
        const { kernel, context, shared, taken } = createMemory({
          dimensions,
          metric,
          m: 4,
          efConstruction: 16,
          seed: 1,
          selection: 'heuristic',
        })
        if (!isWhole) kernel.takeSevenBits()
        const asking = createAsking(kernel, shared, context, dimensions, 'hnsw', taken)
        const chance = stream(5, metric, dimensions)
        const draw = () => Float32Array.from({ length: dimensions }, () => 1 + 3 * chance.normal())
        for (let id = 0; id < 100; id++) {
          asking.ask(draw())
          kernel.upsert(context, id, 0, Number(id % 10 === 0), 0)
        }
        return Array.from({ length: 20 }, () => {
          const query = draw()
          const hits = asking.search(query, 5, 8)
          const at = kernel.roomFor(context, 4)
          new Uint32Array(shared.buffer, at, 4).set([0, 1, 2, 3].map((id) => kernel.find(id)))
          kernel.codeDistances(context)
          return { hits, byCodes: new Float32Array(shared.buffer, at, 4).slice() }
        })
      })
      assert.deepEqual(answers[0], answers[1], `${metric} ${dimensions}`)
    }
  }
})
