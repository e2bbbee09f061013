from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0008_linked_identities_are_sealed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="identityprovider",
            name="secret_encrypted",
            field=models.BinaryField(null=True, verbose_name="secret, encrypted"),
        ),
    ]
