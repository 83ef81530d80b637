import psycopg

with psycopg.connect("") as connection:
    connection.execute("create table if not exists stars (name text primary key)")
    connection.execute("insert into stars values ('Vega') on conflict do nothing")
print("migrated")
