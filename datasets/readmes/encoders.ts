import { ln } from '../../harness/model/index.ts'

/** The terms of a text with their weights before IDF. */
export type Terms = Map<string, number>

/** Lower-case runs of letters and digits. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

const count = (terms: Iterable<string>): Terms => {
  const counts: Terms = new Map()
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
  return counts
}

/** Sublinear term frequency, 1 + ln(tf) (Manning, Raghavan and Schütze, Introduction to Information Retrieval, 6.4.1). */
const sublinear = (terms: Terms): Terms => {
  for (const [term, frequency] of terms) terms.set(term, 1 + ln(frequency))
  return terms
}

/** Words, by how often they occur. */
const words = (text: string): Terms => count(wordsOf(text))

/** Words and pairs of neighbours, sublinear. */
const wordsAndPairs = (text: string): Terms => {
  const all = wordsOf(text)
  return sublinear(count([...all, ...all.slice(1).map((word, i) => `${all[i]} ${word}`)]))
}

/** Three characters in a row, word ends marked, sublinear. */
const trigrams = (text: string): Terms => {
  const found: string[] = []
  for (const word of wordsOf(text)) {
    const marked = `_${word}_`
    for (let i = 0; i + 3 <= marked.length; i++) found.push(marked.slice(i, i + 3))
  }
  return sublinear(count(found))
}

/** What each model sees of a text; model m is entry m − 1. */
export const ENCODERS: readonly ((text: string) => Terms)[] = [words, wordsAndPairs, trigrams]
