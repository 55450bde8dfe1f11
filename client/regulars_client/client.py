from collections.abc import AsyncIterator
from typing import Any, Optional, Union

from .base_client import BaseClient
from .base_model import UNSET, UnsetType
from .customer_merge import CustomerMerge
from .decision_undo import DecisionUndo
from .identity_changed import IdentityChanged
from .identity_why import IdentityWhy
from .input_types import CustomerBy, IdentityBy, SegmentSaveInput, Signature
from .journey import Journey
from .linked_identities import LinkedIdentities
from .loyalty_balance import LoyaltyBalance
from .me import Me
from .points_changed import PointsChanged
from .profile import Profile
from .profile_changed import ProfileChanged
from .segment_changed import SegmentChanged
from .segment_members import SegmentMembers
from .segment_save import SegmentSave
from .segments import Segments


def gql(q: str) -> str:
    return q


class Regulars(BaseClient):
    async def profile_changed(
        self,
        customer: str,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any
    ) -> AsyncIterator[ProfileChanged]:
        query = gql("""
            subscription ProfileChanged($customer: String!, $after: String) {
              profileChanged(customer: $customer, after: $after) {
                cursor
                customer {
                  number
                  name
                  tier
                  loyaltyBalance {
                    points
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"customer": customer, "after": after}
        async for data in self.execute_ws(
            query=query, operation_name="ProfileChanged", variables=variables, **kwargs
        ):
            yield ProfileChanged.model_validate(data)

    async def identity_changed(
        self, after: Union[Optional[str], UnsetType] = UNSET, **kwargs: Any
    ) -> AsyncIterator[IdentityChanged]:
        query = gql("""
            subscription IdentityChanged($after: String) {
              identityChanged(after: $after) {
                cursor
                change {
                  kind
                  fromNumber
                  toNumber
                  records
                  reason
                  at
                }
              }
            }
            """)
        variables: dict[str, object] = {"after": after}
        async for data in self.execute_ws(
            query=query, operation_name="IdentityChanged", variables=variables, **kwargs
        ):
            yield IdentityChanged.model_validate(data)

    async def points_changed(
        self,
        customer: str,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any
    ) -> AsyncIterator[PointsChanged]:
        query = gql("""
            subscription PointsChanged($customer: String!, $after: String) {
              pointsChanged(customer: $customer, after: $after) {
                cursor
                customerNumber
                change
                balance {
                  points
                  byBrand {
                    brand {
                      code
                      name
                    }
                    points
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"customer": customer, "after": after}
        async for data in self.execute_ws(
            query=query, operation_name="PointsChanged", variables=variables, **kwargs
        ):
            yield PointsChanged.model_validate(data)

    async def segment_changed(
        self, id: str, after: Union[Optional[str], UnsetType] = UNSET, **kwargs: Any
    ) -> AsyncIterator[SegmentChanged]:
        query = gql("""
            subscription SegmentChanged($id: ID!, $after: String) {
              segmentChanged(id: $id, after: $after) {
                cursor
                kind
                at
                customerNumber
              }
            }
            """)
        variables: dict[str, object] = {"id": id, "after": after}
        async for data in self.execute_ws(
            query=query, operation_name="SegmentChanged", variables=variables, **kwargs
        ):
            yield SegmentChanged.model_validate(data)

    async def identity_why(
        self, a: IdentityBy, b: IdentityBy, **kwargs: Any
    ) -> IdentityWhy:
        query = gql("""
            query IdentityWhy($a: IdentityBy!, $b: IdentityBy!) {
              identityWhy(a: $a, b: $b) {
                summary
                upToDate
                common {
                  type
                  display
                  standing
                  bits
                  people
                  explanation
                }
                score {
                  bits
                }
              }
            }
            """)
        variables: dict[str, object] = {"a": a, "b": b}
        response = await self.execute(
            query=query, operation_name="IdentityWhy", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return IdentityWhy.model_validate(data)

    async def linked_identities(
        self, by: CustomerBy, **kwargs: Any
    ) -> LinkedIdentities:
        query = gql("""
            query LinkedIdentities($by: CustomerBy!) {
              customer(by: $by) {
                number
                linkedIdentities {
                  recordId
                  source
                  kind
                  identifiers {
                    type
                    display
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"by": by}
        response = await self.execute(
            query=query,
            operation_name="LinkedIdentities",
            variables=variables,
            **kwargs
        )
        data = self.get_data(response)
        return LinkedIdentities.model_validate(data)

    async def customer_merge(
        self, customers: list[str], signature: Signature, **kwargs: Any
    ) -> CustomerMerge:
        query = gql("""
            mutation CustomerMerge($customers: [String!]!, $signature: Signature!) {
              customerMerge(customers: $customers, signature: $signature) {
                ...Decided
              }
            }

            fragment Decided on DecisionPayload {
              decisionId
              customers {
                number
                name
                recordIds
              }
              overruled
              userErrors {
                code
                message
                field
              }
            }
            """)
        variables: dict[str, object] = {"customers": customers, "signature": signature}
        response = await self.execute(
            query=query, operation_name="CustomerMerge", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CustomerMerge.model_validate(data)

    async def decision_undo(
        self, id: str, signature: Signature, **kwargs: Any
    ) -> DecisionUndo:
        query = gql("""
            mutation DecisionUndo($id: ID!, $signature: Signature!) {
              decisionUndo(id: $id, signature: $signature) {
                ...Decided
              }
            }

            fragment Decided on DecisionPayload {
              decisionId
              customers {
                number
                name
                recordIds
              }
              overruled
              userErrors {
                code
                message
                field
              }
            }
            """)
        variables: dict[str, object] = {"id": id, "signature": signature}
        response = await self.execute(
            query=query, operation_name="DecisionUndo", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return DecisionUndo.model_validate(data)

    async def journey(
        self,
        by: CustomerBy,
        first: int,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any
    ) -> Journey:
        query = gql("""
            query Journey($by: CustomerBy!, $first: Int!, $after: String) {
              customer(by: $by) {
                number
                transactions(first: $first, after: $after) {
                  edges {
                    cursor
                    node {
                      id
                      orderId
                      source
                      status
                      at
                      channel
                      brand {
                        code
                        name
                      }
                      store {
                        code
                        name
                      }
                      total {
                        amount
                        currency
                      }
                      refunded {
                        amount
                        currency
                      }
                      points
                    }
                  }
                  pageInfo {
                    hasNextPage
                    endCursor
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"by": by, "first": first, "after": after}
        response = await self.execute(
            query=query, operation_name="Journey", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Journey.model_validate(data)

    async def loyalty_balance(
        self, by: CustomerBy, entries: int, **kwargs: Any
    ) -> LoyaltyBalance:
        query = gql("""
            query LoyaltyBalance($by: CustomerBy!, $entries: Int!) {
              customer(by: $by) {
                number
                loyaltyBalance {
                  points
                  byBrand {
                    brand {
                      code
                      name
                    }
                    points
                  }
                  entries(first: $entries) {
                    edges {
                      node {
                        at
                        points
                        kind
                        reason
                        transactionId
                      }
                    }
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"by": by, "entries": entries}
        response = await self.execute(
            query=query, operation_name="LoyaltyBalance", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return LoyaltyBalance.model_validate(data)

    async def profile(self, by: CustomerBy, **kwargs: Any) -> Profile:
        query = gql("""
            query Profile($by: CustomerBy!) {
              customer(by: $by) {
                number
                known
                name
                emails
                phones
                tier
                joinedAt
                formerNumbers
                lifetimeSpend {
                  amount
                  currency
                }
                rfm {
                  lastVisitAt
                  daysSinceLastVisit
                  visits
                  visitsPerMonth
                  averageTicket {
                    amount
                    currency
                  }
                  preferredChannel
                }
                lastVisits {
                  at
                  channel
                  brand {
                    code
                    name
                  }
                  store {
                    code
                    name
                  }
                  amount {
                    amount
                    currency
                  }
                }
                consents {
                  purpose
                  granted
                  at
                }
              }
            }
            """)
        variables: dict[str, object] = {"by": by}
        response = await self.execute(
            query=query, operation_name="Profile", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Profile.model_validate(data)

    async def me(self, **kwargs: Any) -> Me:
        query = gql("""
            query Me {
              me {
                number
                name
                tier
                loyaltyBalance {
                  points
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="Me", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Me.model_validate(data)

    async def segments(self, **kwargs: Any) -> Segments:
        query = gql("""
            query Segments {
              segments {
                id
                name
                rule
                count
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="Segments", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Segments.model_validate(data)

    async def segment_members(
        self,
        id: str,
        first: int,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any
    ) -> SegmentMembers:
        query = gql("""
            query SegmentMembers($id: ID!, $first: Int!, $after: String) {
              segment(id: $id) {
                name
                members(first: $first, after: $after) {
                  edges {
                    node {
                      number
                      name
                      tier
                    }
                  }
                  pageInfo {
                    hasNextPage
                    endCursor
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id, "first": first, "after": after}
        response = await self.execute(
            query=query, operation_name="SegmentMembers", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return SegmentMembers.model_validate(data)

    async def segment_save(self, input: SegmentSaveInput, **kwargs: Any) -> SegmentSave:
        query = gql("""
            mutation SegmentSave($input: SegmentSaveInput!) {
              segmentSave(input: $input) {
                segment {
                  id
                  name
                  rule
                  count
                }
                userErrors {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query, operation_name="SegmentSave", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return SegmentSave.model_validate(data)
