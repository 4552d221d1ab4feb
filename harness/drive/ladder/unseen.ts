/** Which ladders' rows were acknowledged, and which of these no probe has returned yet. */
export interface Unseen {
  readonly count: number
  acknowledged(ladder: number): void
  seen(ladder: number): void
}

export const createUnseen = (ladders: number): Unseen => {
  const acknowledged = new Uint8Array(ladders)
  const seen = new Uint8Array(ladders)
  let count = 0
  return {
    get count() {
      return count
    },
    acknowledged: (ladder) => {
      if (acknowledged[ladder]) return
      acknowledged[ladder] = 1
      if (!seen[ladder]) count++
    },
    seen: (ladder) => {
      if (seen[ladder]) return
      seen[ladder] = 1
      if (acknowledged[ladder]) count--
    },
  }
}
