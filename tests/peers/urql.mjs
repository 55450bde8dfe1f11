// Uses @urql/core as it comes: a query, a mutation that is refused, and a subscription by an event stream.
import { createRequire } from 'node:module'
const [url, key, number, version, modules] = process.argv.slice(2)
const { Client, fetchExchange } = createRequire(modules)(`urql-core-${version}`)
const client = new Client({
  url,
  exchanges: [fetchExchange],
  fetchSubscriptions: true,
  fetchOptions: { headers: { 'x-api-key': key } },
})
const { data } = await client.query('{ brands { code } }', {}).toPromise()
const save = 'mutation($input: SegmentSaveInput!) { segmentSave(input: $input) { segment { id } } }'
const refused = await client.mutation(save, { input: { name: 1 } }).toPromise()
const followed = 'subscription($number: String!) { profileChanged(customer: $number) { customer { number } } }'
const first = await new Promise((resolve) => {
  const { unsubscribe } = client.subscription(followed, { number }).subscribe((result) => {
    resolve(result)
    setTimeout(() => unsubscribe())
  })
})
console.log(
  JSON.stringify({
    brands: data.brands.map((brand) => brand.code),
    refused: refused.error.graphQLErrors[0].extensions.code,
    number: first.data?.profileChanged.customer.number,
  }),
)
