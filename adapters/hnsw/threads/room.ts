import { isRefused } from '../refused.ts'

/** Rows that an index has promised to have room for: so many ahead that most writes need not ask. */
export interface Room {
  /** There is room for so many rows more when it returns, or else when what it returns resolves. Rejects as `reserve` does. */
  take(rows: number): Promise<void> | void
  /** Rows taken are in the index, or will not come. */
  leave(rows: number): void
  /** There is another index, an empty one. */
  renew(): void
}

/** What an empty index has room for, and what is asked for at least. */
export const AHEAD = 64

/** `reserve` resolves when the index has room for that many rows more than it has. */
export const createRoom = (reserve: (rows: number) => Promise<void>): Room => {
  let free = AHEAD
  let taken = 0
  let asking: Promise<void> | null = null
  const promised = async (rows: number): Promise<void> => {
    await reserve(taken + free + rows)
    free += rows
  }
  const ask = async (rows: number): Promise<void> => {
    try {
      await promised(Math.max(rows, AHEAD))
    } catch (error) {
      // Near the end of memory: what is needed, and nothing ahead.
      if (rows >= AHEAD || !isRefused(error)) throw error
      await promised(rows)
    } finally {
      asking = null
    }
  }
  const wait = async (rows: number): Promise<void> => {
    while (free < rows) {
      if (asking) {
        await asking.catch(() => undefined)
        continue
      }
      asking = ask(rows)
      await asking
    }
    take(rows)
  }
  const take = (rows: number): Promise<void> | void => {
    if (free < rows) return wait(rows)
    free -= rows
    taken += rows
  }
  return {
    take,
    leave: (rows) => {
      taken -= rows
    },
    renew: () => {
      free = AHEAD
    },
  }
}
