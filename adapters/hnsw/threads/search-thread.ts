/** A thread that searches. Nobody who is answered waits for the search behind his. */
import { createSearching } from './searching.ts'
import { serve } from './serve.ts'

serve(createSearching(), 0)
