/** The thread that writes. Whoever waits for a small write is not to wait for a large one: answers leave after a millisecond. */
import { createIndexes } from './indexes.ts'
import { serve } from './serve.ts'

serve(createIndexes(), 1)
