// Makes the migration lock unique, also where two processes migrate an empty store at once.
CREATE CONSTRAINT migrations_id IF NOT EXISTS FOR (m:Migrations) REQUIRE m.id IS UNIQUE
