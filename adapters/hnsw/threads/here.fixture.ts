import { createIndexes, type Indexes } from './indexes.ts'
import type { Ask } from './messages.ts'

/** The writer's procedures in the thread that asks: for tests of what does not depend on threads. */
export const writeHere = (): { ask: Ask<Indexes> } => {
  const indexes = createIndexes() as unknown as Record<string, (...values: unknown[]) => unknown>
  const ask = async (name: string, ...values: unknown[]) => await indexes[name]!(...values)
  return { ask: ask as Ask<Indexes> }
}
