import { type Micros, OK } from '../model/index.ts'
import { aliasOf } from './alias.ts'
import { countAtMost } from './sample.ts'
import type { View } from './view.ts'

/**
 * Turnover at an instant (definitions §3, drift): rows inserted, updated and deleted, acknowledged since clock zero, over the rows live at
 * clock zero; null if there were none. Of two collections only the writes to the one that searches saw count: filling the other changes
 * nothing of what they saw.
 */
export const turnoverOf = (view: View): ((at: Micros) => number | null) => {
  const { preload } = view
  const alias = aliasOf(view)
  const answers = new Float64Array(view.trace.ops.ids.length)
  let count = 0
  for (let space = 0; space < view.trace.meta.spaces.length; space++) {
    for (const id of view.writtenIds(space)) {
      for (const { outcome, done } of view.writesOf(space, id)) {
        if (outcome === OK && alias.servingAt(done) === space) answers[count++] = done
      }
    }
  }
  const sorted = answers.subarray(0, count).sort()
  return (at) => (preload === 0 ? null : countAtMost(sorted, at) / preload)
}
