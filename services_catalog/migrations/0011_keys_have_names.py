from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("services_catalog", "0010_actions_about_citizens"),
    ]

    operations = [
        migrations.AlterField(
            model_name="agencycredential",
            name="api_key_primary",
            field=models.BinaryField(max_length=32, null=True, unique=True, verbose_name="API key, current"),
        ),
        migrations.AlterField(
            model_name="agencycredential",
            name="api_key_secondary",
            field=models.BinaryField(max_length=32, null=True, unique=True, verbose_name="API key, former"),
        ),
        migrations.AlterField(
            model_name="agencycredential",
            name="callback_secret_primary",
            field=models.BinaryField(null=True, verbose_name="callback secret, current"),
        ),
        migrations.AlterField(
            model_name="agencycredential",
            name="callback_secret_secondary",
            field=models.BinaryField(null=True, verbose_name="callback secret, former"),
        ),
        migrations.AlterField(
            model_name="agencycredential",
            name="outgoing_secret_primary",
            field=models.BinaryField(null=True, verbose_name="outgoing secret, current"),
        ),
        migrations.AlterField(
            model_name="agencycredential",
            name="outgoing_secret_secondary",
            field=models.BinaryField(null=True, verbose_name="outgoing secret, former"),
        ),
    ]
