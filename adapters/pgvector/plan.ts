/** The part of a node of EXPLAIN (FORMAT JSON) that matters here. */
interface Node {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly Plans?: readonly Node[]
}

/**
 * Whether a plan reads one of the vector indexes (their names as regclass prints them: quoted, qualified as need be). A scan of
 * the table, or of the primary key, is exact search.
 */
export const planOf = (explained: string, indexes: readonly string[]): 'index' | 'exact' => {
  const [{ Plan } = {}] = JSON.parse(explained) as readonly { readonly Plan?: Node }[]
  if (!Plan) throw new Error('pgvector: EXPLAIN told no plan')
  const bare = indexes.map((name) => name.replace(/^.*\./, '').replace(/^"(.*)"$/, '$1'))
  return nodesOf(Plan).some((node) => bare.includes(node['Index Name'] ?? '')) ? 'index' : 'exact'
}

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]
