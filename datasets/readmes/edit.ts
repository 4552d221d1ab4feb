import type { Rng } from '../../harness/model/index.ts'
import { wordsOf } from './encoders.ts'

/**
 * A text as somebody edits it: of three sentences or more a drawn one is dropped; else about a tenth of the words, at
 * least one, is replaced by words of `other`. A text with words keeps words, if `other` has some.
 */
export const edited = (text: string, other: string, rng: Rng): string => {
  const sentences = text.split(/(?<=[.!?;:])\s+/)
  if (sentences.length >= 3) {
    const dropped = sentences.toSpliced(rng.below(sentences.length), 1).join(' ')
    if (wordsOf(dropped).length > 0) return dropped
  }
  const words = text.split(' ')
  const others = wordsOf(other)
  for (let left = Math.ceil(words.length / 10); left > 0; left--) {
    words[rng.below(words.length)] = others[rng.below(others.length)]!
  }
  return words.join(' ')
}
