import { unsure } from './outcome.ts'

/**
 * What the server says became of a write. Waited for, only `completed` is done: `acknowledged` and `wait_timeout` are in
 * the log and not yet applied, though their HTTP status is 200. Not waited for, `acknowledged` is what was asked for.
 */
export const checkApplied = (what: string, status: string, wait: boolean): void => {
  if (status === 'completed' || (status === 'acknowledged' && !wait)) return
  throw unsure(`qdrant: ${what}: the server answers ${status}: logged, and not yet applied`)
}
