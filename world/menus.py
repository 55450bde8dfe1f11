"""The kinds of brand a group is made of: what they sell, when they are open, how people order there. Pure data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of brand. `frequency` is its share of visits; `hours` maps an opening hour to how busy it is.

    `weekdays` run from Monday, `months` from January; `menu` rows are category, name and price in cents;
    `online` is the share of orders by web or app, and the channel tuples are drawn with equal chance.
    """

    name: str
    brands: tuple[str, ...]
    frequency: float
    lines: float
    hours: dict[int, float]
    weekdays: tuple[float, ...]
    months: tuple[float, ...]
    online: float
    app: float
    till: tuple[str, ...]
    web: tuple[str, ...]
    mobile: tuple[str, ...]
    menu: tuple[tuple[str, str, int], ...]


STEAKHOUSE = Kind(
    name="steakhouse",
    brands=("Ember and Oak", "Iron Range", "Prairie Fire", "Salt Block"),
    frequency=0.10,
    lines=3.4,
    hours={12: 0.5, 13: 0.4, 17: 0.8, 18: 1.6, 19: 2.0, 20: 1.5, 21: 0.7},
    weekdays=(0.6, 0.6, 0.8, 1.0, 1.7, 2.0, 1.1),
    months=(0.9, 1.3, 0.9, 0.9, 1.1, 1.1, 0.9, 0.9, 0.9, 1.0, 1.1, 1.6),
    online=0.08,
    app=0.2,
    till=("dine_in", "dine_in", "dine_in", "takeaway"),
    web=("delivery", "pickup"),
    mobile=("pickup",),
    menu=(
        ("starter", "Charred octopus", 1650), ("starter", "Onion soup", 1100), ("starter", "Wedge salad", 1250),
        ("main", "Ribeye 12 oz", 4900), ("main", "Filet 8 oz", 5400), ("main", "Strip 14 oz", 5100),
        ("main", "Short rib", 3800), ("main", "Cedar salmon", 3400), ("main", "Mushroom risotto", 2600),
        ("side", "Creamed spinach", 1100), ("side", "Truffle fries", 1200), ("side", "Grilled asparagus", 1150),
        ("dessert", "Cheesecake", 1200), ("dessert", "Chocolate tart", 1150),
        ("drink", "House red", 1400), ("drink", "Old fashioned", 1600), ("drink", "Sparkling water", 700),
    ),
)  # fmt: skip

COFFEE = Kind(
    name="coffee",
    brands=("Morning Post", "Second Kettle", "Paper Lantern", "North Bean"),
    frequency=0.42,
    lines=1.5,
    hours={6: 1.0, 7: 2.2, 8: 2.6, 9: 1.8, 10: 1.3, 11: 0.9, 12: 0.9, 13: 1.0, 14: 0.9, 15: 0.9, 16: 0.6, 17: 0.4},
    weekdays=(1.2, 1.2, 1.2, 1.2, 1.2, 0.8, 0.6),
    months=(1.1, 1.1, 1.0, 1.0, 0.9, 0.9, 0.8, 0.8, 1.0, 1.1, 1.1, 1.1),
    online=0.22,
    app=0.85,
    till=("takeaway", "takeaway", "dine_in"),
    web=("pickup",),
    mobile=("pickup", "app"),
    menu=(
        ("coffee", "Drip coffee", 325), ("coffee", "Latte", 495), ("coffee", "Cappuccino", 475),
        ("coffee", "Flat white", 485), ("coffee", "Cold brew", 450), ("coffee", "Espresso", 300),
        ("coffee", "Mocha", 545), ("tea", "Chai", 475), ("tea", "Green tea", 350),
        ("bakery", "Butter croissant", 395), ("bakery", "Blueberry muffin", 375), ("bakery", "Banana bread", 350),
        ("bakery", "Cinnamon roll", 425), ("food", "Egg sandwich", 695), ("food", "Oatmeal", 525),
        ("beans", "House beans 12 oz", 1595),
    ),
)  # fmt: skip

PIZZA = Kind(
    name="pizza",
    brands=("Forno Nine", "Slice Works", "Via Pomodoro", "Stone Paddle"),
    frequency=0.20,
    lines=2.3,
    hours={11: 0.8, 12: 1.6, 13: 1.2, 16: 0.5, 17: 1.3, 18: 2.2, 19: 2.2, 20: 1.6, 21: 1.0, 22: 0.5},
    weekdays=(0.8, 0.8, 0.9, 1.0, 1.7, 1.6, 1.2),
    months=(1.1, 1.1, 1.0, 0.9, 0.9, 0.9, 0.9, 0.9, 1.0, 1.1, 1.1, 1.1),
    online=0.5,
    app=0.45,
    till=("takeaway", "dine_in"),
    web=("delivery", "delivery", "pickup"),
    mobile=("delivery", "pickup"),
    menu=(
        ("pizza", "Margherita", 1450), ("pizza", "Pepperoni", 1650), ("pizza", "Four cheese", 1750),
        ("pizza", "Garden", 1600), ("pizza", "Prosciutto", 1850), ("pizza", "Hot honey", 1800),
        ("pizza", "White clam", 1950), ("side", "Garlic knots", 695), ("side", "Caesar salad", 995),
        ("side", "Chicken wings", 1295), ("side", "Meatballs", 1095), ("dessert", "Tiramisu", 850),
        ("dessert", "Cannoli", 650), ("drink", "Cola", 295), ("drink", "Lemonade", 345), ("drink", "Lager", 650),
    ),
)  # fmt: skip

GROCERY = Kind(
    name="grocery",
    brands=("Corner Basket", "Field and Shelf", "Daily Crate", "Mill Street Market"),
    frequency=0.28,
    lines=5.5,
    hours={8: 0.7, 9: 1.0, 10: 1.2, 11: 1.2, 12: 1.0, 13: 0.9, 14: 0.9, 15: 1.0, 16: 1.3, 17: 1.7, 18: 1.6, 19: 1.0},
    weekdays=(1.0, 0.9, 0.9, 1.0, 1.2, 1.6, 1.3),
    months=(1.0, 1.0, 1.0, 1.0, 1.0, 0.9, 0.9, 0.9, 1.0, 1.0, 1.2, 1.3),
    online=0.15,
    app=0.4,
    till=("in_store",),
    web=("web", "delivery", "pickup"),
    mobile=("app", "delivery"),
    menu=(
        ("produce", "Bananas", 189), ("produce", "Apples", 399), ("produce", "Avocado", 149),
        ("produce", "Salad mix", 449), ("produce", "Tomatoes", 349), ("produce", "Potatoes", 499),
        ("dairy", "Whole milk", 429), ("dairy", "Oat milk", 479), ("dairy", "Eggs", 549), ("dairy", "Butter", 529),
        ("dairy", "Yogurt", 649), ("dairy", "Cheddar", 699), ("bakery", "Sourdough", 599), ("bakery", "Bagels", 499),
        ("meat", "Chicken thighs", 899), ("meat", "Ground beef", 999), ("meat", "Bacon", 849),
        ("pantry", "Rice", 379), ("pantry", "Pasta", 219), ("pantry", "Olive oil", 1399), ("pantry", "Cereal", 549),
        ("pantry", "Peanut butter", 479), ("pantry", "Coffee beans", 1299), ("frozen", "Pizza", 799),
        ("frozen", "Ice cream", 649), ("frozen", "Berries", 899), ("drinks", "Orange juice", 549),
        ("drinks", "Seltzer", 599), ("drinks", "Red wine", 1599), ("home", "Dish soap", 399),
        ("home", "Paper towels", 1199), ("home", "Laundry soap", 1499), ("baby", "Diapers", 2899),
        ("pets", "Cat food", 1899), ("pets", "Dog food", 3499),
    ),
)  # fmt: skip

KINDS = (STEAKHOUSE, COFFEE, PIZZA, GROCERY)
