import { refused } from '../refused.ts'
import type { Indexes } from './indexes.ts'
import { openThread, type Thread } from './thread.ts'

/** The one thread that changes indexes. Calls are begun in their order; what is answered is found by every thread that searches. */
export type Writer = Thread<Indexes>

/** Starts it. Without it nothing can go on: the server that loses it answers what it was asked, and ends. */
export const openWriter = (): Writer =>
  openThread<Indexes>('writer-thread', (reason) =>
    refused(
      503,
      'writer-lost',
      `the thread that writes has ended (${reason}): the server ends, start it again`,
    ),
  )
