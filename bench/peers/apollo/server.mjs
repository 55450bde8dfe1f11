// Apollo Server with @neo4j/graphql over the graph of Regulars, as its own documentation sets it up: a signed token, one
// schema, production mode. Configured by the environment: PORT, BOLT_URI, BOLT_USER, BOLT_PASSWORD, JWT_KEY.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { Neo4jGraphQL } from "@neo4j/graphql";
import neo4j from "neo4j-driver";

const typeDefs = `#graphql
  type Customer @node @authentication @mutation(operations: []) {
    number: String!
    tier: String
    points: Int
    visits: Int
    preferredChannel: String
    records: [SourceRecord!]! @relationship(type: "RESOLVED_TO", direction: IN)
    transactions: [Transaction!]!
      @cypher(
        statement: """
        MATCH (this)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction)
        WITH t ORDER BY t.at DESC LIMIT 15
        RETURN t
        """
        columnName: "t"
      )
  }
  type SourceRecord @node @mutation(operations: []) {
    source: String!
    kind: String
    identifiers: [Identifier!]! @relationship(type: "HAS_IDENTIFIER", direction: OUT)
  }
  type Identifier @node @mutation(operations: []) {
    type: String!
    display: String!
  }
  type Transaction @node @mutation(operations: []) {
    status: String!
    at: DateTime
    totalMinor: BigInt
    currency: String
    store: [Store!]! @relationship(type: "AT", direction: OUT)
  }
  type Store @node @mutation(operations: []) {
    name: String
    brand: [Brand!]! @relationship(type: "OF", direction: OUT)
  }
  type Brand @node @mutation(operations: []) {
    name: String
  }
`;

const { PORT, BOLT_URI, BOLT_USER, BOLT_PASSWORD, JWT_KEY } = process.env;
const driver = neo4j.driver(BOLT_URI, neo4j.auth.basic(BOLT_USER, BOLT_PASSWORD));
const neo = new Neo4jGraphQL({ typeDefs, driver, features: { authorization: { key: JWT_KEY } } });
const server = new ApolloServer({ schema: await neo.getSchema(), introspection: false });
await startStandaloneServer(server, {
  listen: { host: "127.0.0.1", port: Number(PORT) },
  context: async ({ req }) => ({ token: req.headers.authorization }),
});
