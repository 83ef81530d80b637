import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("counters", sa.Column("name", sa.String(40), primary_key=True), sa.Column("value", sa.Integer, nullable=False))
    op.execute("INSERT INTO counters (name, value) VALUES ('reads', 0)")


def downgrade():
    op.drop_table("counters")
