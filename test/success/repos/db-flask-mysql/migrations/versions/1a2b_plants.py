import sqlalchemy as sa
from alembic import op

revision = "1a2b"
down_revision = None


def upgrade():
    op.create_table("plant", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(80), nullable=False))


def downgrade():
    op.drop_table("plant")
