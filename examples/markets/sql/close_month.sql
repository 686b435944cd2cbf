CREATE TABLE IF NOT EXISTS month_end AS SELECT currency, sum(amount) AS amount FROM positions GROUP BY currency
