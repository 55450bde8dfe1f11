// Composes the service with a subgraph of another team, as Apollo does, and asks the gateway questions over both.
// Prints {"sdl": text, "answers": [answer]}; `questions` is a JSON list of {query, variables}.
import { createRequire } from 'node:module'
const [url, schemaKey, key, questions, modules] = process.argv.slice(2)
const require = createRequire(modules)
const { parse } = require('graphql')
const { composeServices } = require('@apollo/composition')
const { buildSubgraphSchema } = require('@apollo/subgraph')
const { ApolloGateway, LocalGraphQLDataSource, RemoteGraphQLDataSource } = require('@apollo/gateway')

const told = await fetch(url, {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-api-key': schemaKey },
  body: JSON.stringify({ query: '{ _service { sdl } }' }),
})
const { sdl } = (await told.json()).data._service

const reservations = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires"])
  type Query { reservations: [Reservation!]! }
  type Reservation { covers: Int! guest: Customer! store: Store! brand: Brand! }
  type Customer @key(fields: "number") {
    number: String!
    tier: String @external
    table: String! @requires(fields: "tier")
  }
  type Store @key(fields: "code", resolvable: false) { code: String! }
  type Brand @key(fields: "code", resolvable: false) { code: String! }
`)
const numbers = JSON.parse(questions).numbers
const schema = buildSubgraphSchema({
  typeDefs: reservations,
  resolvers: {
    Query: {
      reservations: () => numbers.map((number, place) => ({
        covers: place + 1, guest: { number }, store: { code: 's-1' }, brand: { code: 'pasta' },
      })),
    },
    Customer: {
      __resolveReference: (reference) => reference,
      table: ({ tier }) => `the ${tier} table`,
    },
  },
})

const composed = composeServices([
  { name: 'regulars', url, typeDefs: parse(sdl) },
  { name: 'reservations', url: 'http://reservations', typeDefs: reservations },
])
if (composed.errors?.length) throw new Error(composed.errors.map((error) => error.message).join('\n'))

class Ours extends RemoteGraphQLDataSource {
  willSendRequest({ request }) { request.http.headers.set('x-api-key', key) }
}
const gateway = new ApolloGateway({
  supergraphSdl: composed.supergraphSdl,
  buildService: ({ name }) => (name === 'regulars' ? new Ours({ url }) : new LocalGraphQLDataSource(schema)),
  logger: { debug() {}, info() {}, warn() {}, error() {} },
})
const { executor } = await gateway.load()
const answers = []
for (const { query, variables = {} } of JSON.parse(questions).asked) {
  const { data, errors } = await executor({
    request: { query, variables }, document: parse(query), queryHash: query, context: {}, schema: gateway.schema,
    metrics: {}, logger: console, cache: undefined, source: query, operationName: undefined, operation: parse(query).definitions[0],
    overallCachePolicy: {},
  })
  answers.push({ data, errors: errors?.map((error) => error.extensions?.code ?? error.message) ?? [] })
}
await gateway.stop()
console.log(JSON.stringify({ sdl, answers }))
